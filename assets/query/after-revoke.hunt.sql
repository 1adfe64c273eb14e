-- Candidates: users with sign-ins or calls after their sessions were revoked. Which are old tokens, renewals or a return is left
-- to scan. A time given by --revoked is not in here: `query after-revoke --case` is for one user.
WITH
--: Since Until Lag 
    Since AS Earliest,
--+ values
--+ sign-ins
    chosen AS (SELECT * FROM signIns),
--+ rows
--+ calls
--+ acts
    revocations AS (
        SELECT User, intDiv(T, 10000000) * 10000000 AS Revoked, max(UserId) AS RevokedId, max(Upn) AS RevokedUpn, groupUniqArray(Operation) AS Operations FROM acts
        WHERE Succeeded AND (Upon OR Operation = 'change user password')
            AND (Operation IN ('update stsrefreshtokenvalidfrom timestamp', 'disable account', 'reset password (by admin)', 'reset user password', 'change user password', 'update passwordprofile') OR (Operation = 'update user' AND position(Whole, 'AccountEnabled') > 0))
        GROUP BY User, Revoked
    ),
    later AS (
        SELECT T, User AS UserId, Upn, Address, Agent, concat('sign-in ', Incoming) AS Kind, toInt64(0) AS Issued FROM rows WHERE Succeeded
        UNION ALL SELECT T, UserId, '' AS Upn, Address, Agent, 'call' AS Kind, Issued FROM calls
    ),
    after AS (
        SELECT r.User AS User, Revoked, Operations, l.* FROM revocations AS r INNER JOIN later AS l ON r.User = l.UserId
        UNION ALL
        SELECT r.User AS User, Revoked, Operations, l.* FROM revocations AS r INNER JOIN later AS l ON r.User = l.Upn WHERE r.RevokedId = '' AND l.Upn != ''
    )
SELECT moment(Revoked) AS FirstSeen, moment(min(T)) AS FirstAfter, moment(max(T)) AS LastSeen, count() AS Rows, countIf(Issued > 0 AND Issued < Revoked) AS OldTokens, groupUniqArray(Kind) AS Kinds,
    groupUniqArrayIf(Address, Address != '') AS IPs, groupUniqArrayIf(Agent, Agent != '') AS UserAgents, any(Operations) AS Operations, max(UserId) AS UserId, max(Upn) AS UserPrincipalName, User
FROM after WHERE T > Revoked GROUP BY User, Revoked
ORDER BY FirstSeen
