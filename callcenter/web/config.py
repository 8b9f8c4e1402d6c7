"""Settings of the web room."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field


class WebConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^/?#\s]+)?$",
        description="The address that browsers use, when a proxy stands in front, e.g. https://desk.example.gov.cn. "
        "With https, cookies are marked Secure and HSTS is sent.",
    )
    tls_certificate: Path | None = Field(default=None, description="PEM file; with it the server itself speaks TLS.")
    tls_key: Path | None = Field(default=None, description="PEM file of the certificate's private key.")
    connect_to: tuple[str, ...] = Field(
        default=(),
        description="Further origins that the desk may connect to (CSP), e.g. wss://pbx.example.gov.cn:8089.",
    )
    body_timeout: float = Field(default=15.0, gt=0, description="Seconds a client may take to send a request body.")

    @property
    def tls(self) -> bool:
        """True when browsers reach the desk by https."""
        return self.tls_certificate is not None or self.public_url.startswith("https://")

    @property
    def public_host(self) -> str:
        """Host and port of `public_url`, '' when none is set."""
        return urlsplit(self.public_url).netloc
