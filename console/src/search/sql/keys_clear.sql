DELETE FROM search_keys
