-- Candidates: codes redeemed by the same client in the same session at another address within HandoffWindow. Usual pairs of
-- exits and the distance are left to scan.
WITH
--: Since Until Lag HandoffWindow HandoffClients
    Since AS Earliest,
--+ values
--+ sign-ins
    chosen AS (SELECT * FROM signIns WHERE has(HandoffClients, lowered(AppId))),
--+ rows
    toInt64(50000000) AS Skew, -- the five seconds two clocks may differ
    handed AS (SELECT * FROM rows WHERE Succeeded AND User != '' AND Session != ''),
    pairs AS (
        SELECT i.User AS User, i.Session AS Session, i.AppId AS AppId, i.UserId AS UserId, i.Upn AS Upn, i.T AS Issued, n.T AS Redeemed, i.Address AS IssuedTo, n.Address AS RedeemedAt, i.Agent AS IssuedAgent, n.Agent AS RedeemedAgent
        FROM (SELECT * FROM handed WHERE Source = 'SigninLogs') AS i
        INNER JOIN (SELECT * FROM handed WHERE Source != 'SigninLogs' AND Incoming = 'none') AS n ON i.User = n.User AND i.Session = n.Session AND i.AppId = n.AppId
        WHERE n.T >= i.T - Skew AND n.T <= i.T + HandoffWindow AND i.Address != n.Address
    )
SELECT moment(min(least(Issued, Redeemed))) AS FirstSeen, moment(max(Redeemed)) AS LastSeen, count() AS Pairs, groupUniqArray(IssuedTo) AS IssuedTo, groupUniqArray(RedeemedAt) AS RedeemedAt,
    groupUniqArray(IssuedAgent) AS IssuedAgents, groupUniqArray(RedeemedAgent) AS RedeemedAgents, max(UserId) AS UserId, max(Upn) AS UserPrincipalName, User, Session AS SessionId, AppId
FROM pairs GROUP BY User, Session, AppId
ORDER BY FirstSeen
