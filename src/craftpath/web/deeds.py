"""What the entries of the audit log are called, and where they came from."""

from __future__ import annotations

from craftpath.engine.rules import Label

__all__ = ["ENTRIES", "ORIGINS", "entry_label"]

ENTRIES = {
    "application.start": Label("开始申请", "begun"),
    "application.amend": Label("修改", "changed"),
    "application.submit": Label("提交", "handed in"),
    "application.document": Label("上传材料", "document handed in"),
    "application.withdraw": Label("撤回", "withdrawn"),
    "application.pass": Label("审核通过这一环节", "step passed"),
    "application.return": Label("退回补正", "returned for completion"),
    "application.refuse": Label("不予通过", "refused"),
    "application.leave-out": Label("分配名额时未审结，不予通过", "left out: not decided in time"),
    "application.strike-out": Label("异议成立，不予通过", "struck out upon an objection"),
    "application.end": Label("项目办结时终止", "ended with its programme"),
    "application.override-ask": Label("申请例外", "override asked for"),
    "application.override-agree": Label("同意例外", "override agreed to"),
    "application.override-decline": Label("不同意例外", "override declined"),
    "application.points": Label("录入分数", "points entered"),
    "application.mark": Label("录入成绩", "mark entered"),
    "places.share": Label("分配名额", "places shared out"),
    "places.move": Label("由候补递补", "moved up from the waiting list"),
    "outcome.write": Label("办结", "finished"),
    "party.add-person": Label("登记个人", "person added"),
    "party.add-organisation": Label("登记单位", "organisation added"),
    "party.change": Label("修改主体", "party changed"),
    "party.merge": Label("合并重复档案", "duplicates merged"),
    "party.unmerge": Label("撤销合并", "merge undone"),
    "party.dismiss": Label("判定不重复", "found to be no duplicate"),
    "staff.take-on": Label("录入新员工", "employee added"),
    "identity.open": Label("显示完整证件号码", "whole number shown"),
    "record.enter": Label("录入记录", "record entered"),
    "record.claim": Label("自述记录", "record claimed"),
    "record.verify": Label("核实记录", "record verified"),
    "record.correct": Label("更正记录", "record corrected"),
    "record.void": Label("作废记录", "record voided"),
    "record.end": Label("终止记录", "record ended"),
    "record.download": Label("下载本人数据", "own data downloaded"),
    "message.read": Label("消息标为已读", "messages read"),
    "import.upload": Label("上传导入文件", "import uploaded"),
    "import.check": Label("核对导入文件", "import checked"),
    "import.refuse": Label("导入文件不能用", "import refused"),
    "import.commit": Label("确认导入", "import confirmed"),
    "import.slice": Label("写入一段导入", "part of an import written"),
    "import.undo": Label("撤销导入", "import undone"),
    "import.undo-slice": Label("撤销一段导入", "part of an import undone"),
    "programme.add": Label("设立项目", "programme set up"),
    "programme.edit": Label("修改项目", "programme edited"),
    "programme.publish": Label("发布项目", "programme published"),
    "programme.close": Label("终止项目", "programme ended"),
    "programme.finish": Label("办结项目", "programme finished"),
    "objection.raise": Label("提出异议", "objection raised"),
    "objection.answer": Label("答复异议", "objection answered"),
    "objection.contact": Label("查看异议人联系方式", "contact of an objection shown"),
    "draw.commit": Label("公布抽签承诺值", "draw committed to"),
    "draw.publish": Label("公布抽签名单", "draw's list published"),
    "draw.run": Label("抽签", "drawn"),
    "account.add": Label("开立账号", "account opened"),
    "account.close": Label("停用账号", "account closed"),
    "account.password": Label("重设密码", "password set anew"),
    "account.switch": Label("切换身份", "duty switched"),
    "token.make": Label("新建接口令牌", "token made"),
    "token.revoke": Label("作废接口令牌", "token revoked"),
    "duty.give": Label("给予身份", "duty given"),
    "duty.end": Label("终止身份", "duty ended"),
    "audit.verify": Label("核对审计链", "log checked"),
}

ORIGINS = {
    "web": Label("网页", "site"),
    "api": Label("接口", "API"),
    "command": Label("命令", "command"),
    "worker": Label("后台", "background"),
}


def entry_label(action: str) -> Label:
    """An audit entry's action in words; one that has none is shown as it is."""
    return ENTRIES.get(action, Label(action, action))
