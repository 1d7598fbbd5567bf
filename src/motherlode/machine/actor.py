"""Who acts on the command line."""

import os


def actor() -> str:
    """The name of the account that runs this process, as the system has it: the environment may say any name.

    Limits of reading and the log of what was done go by it.
    """
    try:
        import pwd
    except ImportError:  # Windows has no such list
        import getpass

        return getpass.getuser()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"
