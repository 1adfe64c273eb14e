    -- Both tables of sign-ins under one set of names. Arrival is bounded by the log's longest delay, to use the order of the table.
    exchanges AS (
        SELECT 'AADNonInteractiveUserSignInLogs' AS Source, TimeGenerated, CreatedDateTime, Id, UserId, UserPrincipalName,
            AppId, AppDisplayName, ResourceIdentity, ResourceDisplayName, ResultType, toString(Status) AS Status, SessionId,
            CorrelationId, UniqueTokenIdentifier, IncomingTokenType, AuthenticationProtocol, OriginalTransferMethod, IPAddress,
            AutonomousSystemNumber, UserAgent, toString(DeviceDetail) AS DeviceDetail, HomeTenantId, ResourceTenantId,
            AuthenticationProcessingDetails, TokenProtectionStatusDetails
        FROM AADNonInteractiveUserSignInLogs
        WHERE TimeGenerated >= Earliest - toIntervalSecond(intDiv(Lag, 10000000)) AND TimeGenerated < Until + toIntervalSecond(intDiv(Lag, 10000000))
    ),
    interactive AS (
        SELECT 'SigninLogs' AS Source, TimeGenerated, CreatedDateTime, Id, UserId, UserPrincipalName,
            AppId, AppDisplayName, ResourceIdentity, ResourceDisplayName, ResultType, toString(Status) AS Status, SessionId,
            CorrelationId, UniqueTokenIdentifier, IncomingTokenType, AuthenticationProtocol, OriginalTransferMethod, IPAddress,
            AutonomousSystemNumber, UserAgent, toString(DeviceDetail) AS DeviceDetail, HomeTenantId, ResourceTenantId,
            AuthenticationProcessingDetails, TokenProtectionStatusDetails
        FROM SigninLogs
        WHERE TimeGenerated >= Earliest - toIntervalSecond(intDiv(Lag, 10000000)) AND TimeGenerated < Until + toIntervalSecond(intDiv(Lag, 10000000))
    ),
    signIns AS (SELECT * FROM exchanges UNION ALL SELECT * FROM interactive),
