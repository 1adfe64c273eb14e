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
