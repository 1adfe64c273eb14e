        GROUP BY f.Session, f.User, s.AppId
    )
SELECT moment(First) AS FirstRequestTimeGenerated, moment(Second) AS SecondRequestTimeGenerated, moment(Last) AS LastSeen,
    intDiv(Second, 600000000) - intDiv(First, 600000000) AS TimeDiff, SessionId, UserId, UserPrincipalName, FirstAppId,
    AppId AS SecondAppId, IPAddress, SecondIPAddress, SecondUserAgent, SecondIncomingTokenType, SecondCount
FROM hits
ORDER BY FirstRequestTimeGenerated, UserId, SecondAppId
