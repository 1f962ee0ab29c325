SELECT id FROM jobs WHERE state IN ('canary', 'running') ORDER BY id
