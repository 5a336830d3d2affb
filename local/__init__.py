"""What runs the app on one machine, and the commands of ``./dev``. Nothing here is deployed."""
