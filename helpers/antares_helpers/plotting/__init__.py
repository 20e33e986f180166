"""Plot light curves and cutouts; nothing here sends a request."""
