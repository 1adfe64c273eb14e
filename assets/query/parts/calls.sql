    -- Calls of both Graph interfaces under one set of names. A user's are those that no client secret or certificate vouches for.
    called AS (
        SELECT TimeGenerated AS At, UserId, AppId, SessionId, SignInActivityId, IPAddress AS IP, UserAgent, RequestMethod, RequestUri,
            toString(ResponseStatusCode) AS Status, toString(ClientAuthMethod) AS Proof, TokenIssuedAt
        FROM MicrosoftGraphActivityLogs WHERE TimeGenerated >= Earliest - toIntervalSecond(intDiv(Lag, 10000000)) AND TimeGenerated < Until + toIntervalSecond(intDiv(Lag, 10000000))
        UNION ALL
        SELECT ifNull(TimeRequested, TimeGenerated) AS At, UserId, AppId, SessionId, SignInActivityId, CallerIpAddress AS IP, UserAgent, RequestMethod, RequestUri,
            toString(ResponseStatusCode) AS Status, toString(ClientAuthMethod) AS Proof, TokenIssuedAt
        FROM AADGraphActivityLogs WHERE TimeGenerated >= Earliest - toIntervalSecond(intDiv(Lag, 10000000)) AND TimeGenerated < Until + toIntervalSecond(intDiv(Lag, 10000000))
    ),
    calls AS (
        SELECT ticks(c.At) AS T, clean(c.UserId) AS UserId, clean(c.AppId) AS AppId, clean(c.SessionId) AS Session, token(c.SignInActivityId) AS Token,
            address(c.IP) AS Address, trimBoth(ifNull(c.UserAgent, '')) AS Agent, ifNull(c.RequestMethod, '') AS Method, ifNull(c.RequestUri, '') AS Uri,
            toUInt16OrZero(trimBoth(ifNull(c.Status, ''))) AS Status, if(isNull(c.TokenIssuedAt), 0, ticks(assumeNotNull(c.TokenIssuedAt))) AS Issued
        FROM called AS c
        WHERE UserId != '' AND ifNull(c.Proof, '') IN ('', '0') AND T >= ticks(Earliest) AND T < ticks(Until)
    ),
