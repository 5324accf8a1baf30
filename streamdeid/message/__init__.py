"""One message on its way: opened, its patients named, rewritten, and looked over before it leaves."""
