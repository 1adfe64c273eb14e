-- What the case's users did after their sessions were revoked: renewals of old sessions, calls with tokens issued before, new
-- sign-ins, and what was refused. Was: whether the address or the session is one of the case.
WITH
--: From To Revoked Users Addresses Sessions Tokens
--+ case-sign-ins
    ),
    ids AS (SELECT lower(UserId) AS Name FROM signIns WHERE has(Users, lower(UserId)) OR has(Users, lower(UserPrincipalName)) UNION ALL SELECT arrayJoin(Users) AS Name),
    later AS (
        SELECT TimeGenerated, multiIf(ResultType = '0' AND lower(IncomingTokenType) IN ('none', ''), 'signed in', ResultType = '0', concat('renewed by ', IncomingTokenType), concat('refused with ', ResultType)) AS What,
            IPAddress, UserAgent, SessionId, UniqueTokenIdentifier AS TokenId, AppDisplayName AS Object
        FROM signIns WHERE TimeGenerated > Revoked AND (has(Users, lower(UserId)) OR has(Users, lower(UserPrincipalName)))
        UNION ALL
        SELECT TimeGenerated, if(TokenIssuedAt < Revoked, 'called with a token from before', 'called') AS What, ifNull(IPAddress, '') AS IPAddress, ifNull(UserAgent, '') AS UserAgent, ifNull(SessionId, '') AS SessionId,
            ifNull(SignInActivityId, '') AS TokenId, ifNull(AppId, '') AS Object
        FROM MicrosoftGraphActivityLogs WHERE TimeGenerated >= From AND TimeGenerated < To AND TimeGenerated > Revoked AND lower(ifNull(UserId, '')) IN (SELECT Name FROM ids)
    )
SELECT What, multiIf(has(Tokens, replaceRegexpOne(TokenId, '=+$', '')), 'token', has(Sessions, lower(SessionId)), 'session', has(Addresses, IPAddress), 'address', '') AS Was, IPAddress, SessionId,
    count() AS Rows, min(TimeGenerated) AS FirstSeen, max(TimeGenerated) AS LastSeen, groupUniqArray(20)(Object) AS Objects, groupUniqArray(20)(UserAgent) AS UserAgents
FROM later GROUP BY What, Was, IPAddress, SessionId
ORDER BY Was DESC, FirstSeen
