"""Why an attachment is refused. No text here carries a file's name: names may hold a citizen's."""

from callcenter.core.errors import Invalid, NotFound, Refused


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
