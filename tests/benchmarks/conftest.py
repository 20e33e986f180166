"""The modules beside the tests are programs, not modules with examples."""

collect_ignore_glob = ["[!t]*.py"]
