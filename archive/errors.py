"""The errors a caller of the archive can meet; each message says what to do next.

MoitNewsError
├── DataFolderError        MOIT_NEWS_DATA is missing, not a folder, or may not be written
├── AlreadyRunningError    another program writes the same folder (exit 75)
├── BackupError            a backup that cannot be made where it was asked for
├── ArchiveError
│   ├── ArchiveBusyError       another program holds the write lock
│   ├── ArchiveFullError       the disk is full
│   ├── ArchiveReadOnlyError   the file or its folder may not be written
│   ├── ArchiveSchemaError     the file is newer or older than this program
│   └── ArchiveDamagedError    SQLite finds the file malformed, or not a database
├── WatchError             a watch that cannot be made as asked
├── ChannelError           a channel that could not be told; it is tried again
├── ExportError            a file cannot be written, or is there already
├── NotFoundError          no article, page or URL under that name
└── UrlError               a text that is not the address of a web page
"""


class MoitNewsError(Exception):
    """Anything this program can explain; the command line prints the message and no traceback."""


class DataFolderError(MoitNewsError):
    """The folder named by MOIT_NEWS_DATA cannot be used."""


class AlreadyRunningError(MoitNewsError):
    """Another crawl, merge or backup writes the same folder."""


class BackupError(MoitNewsError):
    """The folder named for a backup cannot take one."""


class ArchiveError(MoitNewsError):
    """One of the archive's files cannot be used."""


class ArchiveBusyError(ArchiveError):
    """Another program holds the write lock for longer than we wait."""


class ArchiveFullError(ArchiveError):
    """The disk that holds the archive is full."""


class ArchiveReadOnlyError(ArchiveError):
    """The file or its folder may not be written."""


class ArchiveSchemaError(ArchiveError):
    """The file's schema is not the one this program reads."""


class ArchiveDamagedError(ArchiveError):
    """SQLite says the file is malformed or no database at all."""


class ExportError(MoitNewsError):
    """What was to be written cannot be, or would overwrite something."""


class WatchError(MoitNewsError):
    """A watch that would tell nothing, too much, or nobody."""


class ChannelError(MoitNewsError):
    """A channel that could not be told: its file, its mail server, its web server."""


class NotFoundError(MoitNewsError):
    """Nothing is kept under that name."""


class UrlError(MoitNewsError):
    """A text that is not the address of a web page."""
