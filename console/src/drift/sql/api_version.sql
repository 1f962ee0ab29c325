SELECT api_version FROM events
-- Those of the company's own account name none.
WHERE coalesce(account, '') = $1 AND api_version IS NOT NULL AND id NOT LIKE 'evt_fetched_%'
ORDER BY received_at DESC LIMIT 1
