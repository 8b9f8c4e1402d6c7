"""Why a recording has no transcript. `code` goes into the transcript's row."""

from callcenter.core.errors import Invalid, Unavailable


class ModelMissing(Unavailable):
    code = "model-missing"
    zh = "没有可用的语音识别模型：{remedy}"
    en = "There is no speech model: {remedy}"


class ModelBroken(Unavailable):
    """The folder is there, but it is no whole model or cannot be loaded."""

    code = "model-broken"
    zh = "语音识别模型 {name} 已损坏（{reason}），请重新安装并运行 callcenter models 校验"
    en = "The speech model {name} is broken ({reason}): install it again and verify it with `callcenter models`"


class RecogniserCrashed(Unavailable):
    code = "recogniser-crashed"
    zh = "语音识别进程异常退出（{reason}），已重新启动"
    en = "The recogniser process ended unexpectedly ({reason}) and was replaced"


class RecogniserStalled(Unavailable):
    code = "recogniser-stalled"
    zh = "语音识别进程 {seconds} 秒没有进展，已重新启动"
    en = "The recogniser process made no progress for {seconds} s and was replaced"


class RecognitionInterrupted(Unavailable):
    """The worker is stopping; the recording will be transcribed by another, or later."""

    code = "recognition-interrupted"
    zh = "转写服务正在停止，稍后重新转写"
    en = "Transcription is stopping; the recording will be done later"


class AudioUnreadable(Invalid):
    code = "audio-unreadable"
    zh = "录音文件无法读取：{reason}"
    en = "The audio file cannot be read: {reason}"
