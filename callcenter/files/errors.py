"""Why an attachment is refused. No text here carries a file's name: names may hold a citizen's."""

from callcenter.core.errors import Invalid, NotFound, Refused, Unavailable


class FileRefused(Invalid):
    code = "file-type-refused"
    zh = "不支持该文件类型。可上传：JPG、PNG、WebP、HEIC 图片，PDF、Word（docx）、Excel（xlsx）、纯文本，MP3、WAV、MP4"
    en = "This type of file is not taken. Send JPG, PNG, WebP, HEIC, PDF, docx, xlsx, plain text, MP3, WAV or MP4"


class FileEmpty(Invalid):
    code = "file-empty"
    zh = "文件为空，请重新选择"
    en = "The file is empty: choose another"


class FileTooLarge(Invalid):
    code = "file-too-large"
    zh = "文件超过 {limit} 字节的上限，请压缩或拆分后再传"
    en = "The file is larger than {limit} bytes: compress or split it"


class OrderFull(Refused):
    code = "order-files-full"
    zh = "该工单的附件已达 {limit} 字节的上限"
    en = "The attachments of this order have reached {limit} bytes"


class NoSuchFile(NotFound):
    """Not there, or not visible to this user."""

    code = "no-such-file"
    zh = "未找到该附件"
    en = "there is no such attachment"


class FileGone(NotFound):
    """The row is there, the file is not: the sweep reports it too."""

    code = "file-gone"
    zh = "附件文件不存在，请联系管理员"
    en = "The attachment's file is not there: tell the operators"


class StorageFull(Refused):
    code = "file-storage-full"
    zh = "附件存储空间不足，请联系管理员"
    en = "There is no room for attachments: tell the operators"


class FileInfected(Invalid):
    code = "file-infected"
    zh = "病毒扫描未通过，文件已被拒绝；请在可信的设备上检查后重新提供"
    en = "The virus scanner refused this file: check the device it comes from and send a clean one"


class ScannerAway(Unavailable):
    """`files.clamd_away` is 'refuse'."""

    code = "file-scanner-away"
    zh = "病毒扫描服务暂不可用，未保存文件，请稍后重试；持续出现请联系管理员（{part}）"
    en = "The virus scanner ({part}) is not available and the file was not kept: try again later. {remedy}"


class NotAPicture(Invalid):
    code = "file-not-a-picture"
    zh = "此处只接收图片：JPG、PNG、WebP、HEIC"
    en = "Only pictures are taken here: JPG, PNG, WebP or HEIC"


class NotPublishable(Refused):
    code = "file-not-publishable"
    zh = "只能公开可公开工单的 JPG、PNG、WebP 图片；保密、匿名和举报工单的附件不予公开"
    en = "Only JPG, PNG or WebP pictures of orders that may be public can be published, never those of guarded orders"


class SubjectFull(Refused):
    code = "pictures-full"
    zh = "每条记录最多 {most} 张图片"
    en = "A record holds at most {most} pictures"
