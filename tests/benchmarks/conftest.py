"""The modules beside the tests are programs, which are no modules with examples."""

collect_ignore_glob = ["[!t]*.py"]
