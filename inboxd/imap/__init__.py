"""EFFECT. The watched folders: the only room that imports imapclient."""
