-- A session's first login, then within SessionWindow a success of an abused client (Azure CLI, Copilot App, Azure PowerShell,
-- Visual Studio - Legacy, Edge Enterprise New Tab Page) for AAD Graph in the home tenant. One hit for each session and
-- second client; the Second... columns are those of the earliest.
WITH
--: Since Until Lag SessionWindow AdminScopeOnly NoncompliantOnly Family HopClients
    HopClients AS Abused,
    Since AS Earliest,
--+ values
--+ sign-ins
    chosen AS (
        SELECT * FROM signIns
        WHERE lowered(SessionId) IN (SELECT lowered(SessionId) FROM signIns WHERE has(Abused, lowered(AppId)))
    ),
--+ rows
--+ hops
    hits AS (
        SELECT f.Session AS SessionId, f.User AS User, s.AppId AS AppId, any(f.T) AS First, max(s.T) AS Last, min(s.T) AS Second,
            if(any(f.UserId) = '' AND countIf(s.UserId != '') = 0 AND User = argMaxIf(s.Upn, (s.T, s.Arrived, s.Id), s.Upn != ''), '', User) AS UserId,
            if(countIf(s.Upn != '') > 0, argMaxIf(s.Upn, (s.T, s.Arrived, s.Id), s.Upn != ''), any(f.Upn)) AS UserPrincipalName,
            any(f.AppId) AS FirstAppId, any(f.Address) AS IPAddress, argMin(s.Address, (s.T, s.Arrived, s.Id)) AS SecondIPAddress,
            argMin(s.Agent, (s.T, s.Arrived, s.Id)) AS SecondUserAgent, argMin(s.Incoming, (s.T, s.Arrived, s.Id)) AS SecondIncomingTokenType,
            count() AS SecondCount
        FROM firsts AS f INNER JOIN seconds AS s ON f.Session = s.Session AND f.User = s.User
        WHERE s.T > f.T AND s.T <= f.T + SessionWindow AND s.Succeeded
            AND if(s.ResourceId = '', s.ResourceName = 'windows azure active directory', s.ResourceId = '00000002-0000-0000-c000-000000000000')
        GROUP BY f.Session, f.User, s.AppId
    )
SELECT moment(First) AS FirstRequestTimeGenerated, moment(Second) AS SecondRequestTimeGenerated, moment(Last) AS LastSeen,
    intDiv(Second, 600000000) - intDiv(First, 600000000) AS TimeDiff, SessionId, UserId, UserPrincipalName, FirstAppId,
    AppId AS SecondAppId, IPAddress, SecondIPAddress, SecondUserAgent, SecondIncomingTokenType, SecondCount
FROM hits
ORDER BY FirstRequestTimeGenerated, UserId, SecondAppId
