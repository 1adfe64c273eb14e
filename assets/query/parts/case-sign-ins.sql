    signIns AS (
        SELECT TimeGenerated, ifNull(UserId, '') AS UserId, ifNull(UserPrincipalName, '') AS UserPrincipalName, ifNull(AppId, '') AS AppId, ifNull(AppDisplayName, '') AS AppDisplayName, ifNull(ResourceDisplayName, '') AS ResourceDisplayName, ifNull(toString(ResultType), '') AS ResultType, ifNull(IPAddress, '') AS IPAddress, ifNull(UserAgent, '') AS UserAgent, ifNull(SessionId, '') AS SessionId,
            ifNull(UniqueTokenIdentifier, '') AS UniqueTokenIdentifier, ifNull(IncomingTokenType, '') AS IncomingTokenType, ifNull(toString(DeviceDetail), '') AS DeviceDetail, ifNull(toString(AutonomousSystemNumber), '') AS AutonomousSystemNumber
        FROM SigninLogs WHERE TimeGenerated >= From AND TimeGenerated < To
        UNION ALL
        SELECT TimeGenerated, ifNull(UserId, '') AS UserId, ifNull(UserPrincipalName, '') AS UserPrincipalName, ifNull(AppId, '') AS AppId, ifNull(AppDisplayName, '') AS AppDisplayName, ifNull(ResourceDisplayName, '') AS ResourceDisplayName, ifNull(toString(ResultType), '') AS ResultType, ifNull(IPAddress, '') AS IPAddress, ifNull(UserAgent, '') AS UserAgent, ifNull(SessionId, '') AS SessionId,
            ifNull(UniqueTokenIdentifier, '') AS UniqueTokenIdentifier, ifNull(IncomingTokenType, '') AS IncomingTokenType, ifNull(toString(DeviceDetail), '') AS DeviceDetail, ifNull(toString(AutonomousSystemNumber), '') AS AutonomousSystemNumber
        FROM AADNonInteractiveUserSignInLogs WHERE TimeGenerated >= From AND TimeGenerated < To
