"""What a person needs who has just started the hotline: where the desk is and who may log in."""

from rich.console import Console
from rich.table import Table

from callcenter.sample.city import SampleCity
from callcenter.sample.state import LocalState
from callcenter.web.docs import ROLES


def show_welcome(console: Console, state: LocalState, city: SampleCity) -> None:
    base = f"http://127.0.0.1:{state.ports['web']}"
    table = Table(title="样例账号  sample log-ins", title_justify="left")
    table.add_column("用户名 user")
    table.add_column("密码 password", min_width=max(map(len, state.passwords.values()), default=0))
    for heading in ("姓名 name", "角色 role", "分机 ext."):
        table.add_column(heading, overflow="fold")
    for user in city.users:
        roles = "、".join(ROLES[role] for role in sorted(user.roles))
        password = state.passwords.get(user.username, "（未变 unchanged）")
        table.add_row(user.username, password, user.name, roles, user.extension or "")
    console.print(table)
    console.print(f"工作台 desk      [bold]{base}/[/bold]", highlight=False)
    console.print(f"接口文档 API     {base}/api/docs", highlight=False)
    console.print(f"运行指标 metrics {base}/metrics", highlight=False)
    console.print("以 hw01 登录工作台并就绪，然后在此按回车键：又一位市民来电", highlight=False)
    console.print("Log in as hw01, be ready, then press Enter here: another citizen rings", highlight=False)
    console.print("按 Ctrl-C 停止 · Ctrl-C stops everything", highlight=False)
