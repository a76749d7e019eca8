"""The pages: server-rendered, usable without JavaScript, in Chinese and English."""
