"""What revision 0001 makes: frozen, whatever the declarations say now."""
