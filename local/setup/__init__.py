"""Set-up, and the declarations of the commands of ``./dev``: standard library only, any Python from 3.9 on."""
