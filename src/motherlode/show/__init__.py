"""What the command line shows on a terminal: tables and sentences in Chinese or English, a module for each subject."""
