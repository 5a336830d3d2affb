"""Development host: Azurite and Microsoft's own worker library around the app, unmodified. Nothing here is deployed."""
