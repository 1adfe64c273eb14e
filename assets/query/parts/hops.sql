    -- The session's first login: the earliest row without an incoming token, of a client that was ever a family member.
    firsts AS (
        SELECT * FROM rows WHERE Session != '' AND User != '' AND Incoming = 'none' AND has(Family, AppId)
        ORDER BY T, Arrived, Id LIMIT 1 BY Session, User
    ),
    seconds AS (
        SELECT * FROM rows
        WHERE Session != '' AND User != '' AND Incoming NOT IN ('', 'none') AND has(Abused, AppId)
            AND HomeTenant != '' AND HomeTenant = ResourceTenant
            AND (AppId != '04b07795-8ddb-461a-bbee-02f9e1bf7b46' OR NOT (AdminScopeOnly OR NoncompliantOnly)
                OR (position(lower(Details), '62e90394-69f5-4237-9190-012177145e10') > 0
                    AND (NOT NoncompliantOnly OR lower(replaceAll(JSONExtractRaw(DeviceDetail, 'isCompliant'), '"', '')) != 'true')))
    ),
