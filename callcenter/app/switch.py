"""The plan of a PBX, from the settings, the hotline registry and the seats."""

import sysconfig
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from callcenter.core.errors import Misconfigured
from callcenter.pbx.agi import AgiConfig
from callcenter.pbx.config import AmiConfig, PbxConfig
from callcenter.pbx.plan import PbxPlan, QueuePlan, SeatLine, Trunk
from callcenter.pbx.render import render
from callcenter.pbx.tree import HostPaths, Tree
from callcenter.seats.queues import QueueBook
from callcenter.transfers.registry import Registry


def queue_plans(book: QueueBook) -> tuple[QueuePlan, ...]:
    """A queue without an overflow flow has endless patience."""
    return tuple(
        QueuePlan(name=queue.name, ring=queue.rings_for, weight=queue.weight)
        if queue.overflow is None
        else QueuePlan(
            name=queue.name,
            ring=queue.rings_for,
            weight=queue.weight,
            patience=queue.waits_for,
            overflow=queue.overflow,
        )
        for queue in book.queues
    )


def plan_pbx(
    pbx: PbxConfig,
    ami: AmiConfig,
    agi: AgiConfig,
    registry: Registry,
    queues: QueueBook,
    seats: Iterable[tuple[str, str]],
) -> PbxPlan:
    """`seats`: extension and SIP secret of each. Raises Misconfigured, naming what does not fit."""
    try:
        return PbxPlan(
            name=ami.name,
            address=pbx.address,
            agi_address=pbx.agi_address,
            sip_port=pbx.sip_port,
            ami_port=ami.port,
            ami_user=ami.username,
            ami_secret=ami.secret.get_secret_value(),
            agi_port=agi.port,
            rtp_first=pbx.rtp_first,
            rtp_last=pbx.rtp_last,
            trunks=tuple(
                Trunk(name=one.name, host=one.host, port=one.port, groups=one.groups, watch=one.watch)
                for one in pbx.trunks
            ),
            seats=tuple(SeatLine(extension=extension, secret=secret) for extension, secret in seats),
            public_number=registry.main.number,
            queues=queue_plans(queues),
            hotlines=registry.lines(),
            emergency_keys=registry.emergency_keys(),
        )
    except ValueError as error:
        remedy = "correct the settings of ami and pbx (docs/settings.md), or the hotline registry"
        raise Misconfigured(cause=f"the PBX cannot be planned: {error}", remedy=remedy) from error


def write_configuration(plan: PbxPlan, folder: Path) -> None:
    """For an Asterisk that a package installed and that sees `folder` under the same name."""
    architecture = sysconfig.get_config_var("MULTIARCH") or "x86_64-linux-gnu"
    tree = Tree(
        paths=HostPaths(folder),
        inside=PurePosixPath(folder),
        share=PurePosixPath("/usr/share/asterisk"),
        modules=PurePosixPath(f"/usr/lib/{architecture}/asterisk/modules"),
    )
    render(plan, tree)
