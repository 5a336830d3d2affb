"""Set-up and the commands of ./dev: standard library only, and any Python from 3.9 on."""
