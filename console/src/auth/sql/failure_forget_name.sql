-- Whatever counts for this name: from everywhere, from an address, from a known browser.
DELETE FROM sign_in_failures WHERE subject = 'name:' || $1::text
   OR (subject LIKE ANY (ARRAY['pair:% %', 'browser:% %']) AND substr(subject, position(' ' IN subject) + 1) = $1)
