    -- Of a row that came twice, the one that arrived last; rows without an id stand alone.
    single AS (
        SELECT * FROM chosen
        ORDER BY TimeGenerated DESC
        LIMIT 1 BY Source, if(clean(Id) = '', toString(generateUUIDv4()), clean(Id))
    ),
    compared AS (
        SELECT s.Source AS Source, s.TimeGenerated AS Arrived, ticks(ifNull(s.CreatedDateTime, s.TimeGenerated)) AS T,
            clean(s.Id) AS Id, clean(s.UserId) AS UserId, clean(s.UserPrincipalName) AS Upn, clean(s.AppId) AS AppId,
            ifNull(s.AppDisplayName, '') AS AppName, clean(s.ResourceIdentity) AS ResourceId,
            if(ResourceId != '', lowered(s.ResourceDisplayName), clean(s.ResourceDisplayName)) AS ResourceName,
            if(ResourceId != '', ResourceId, ResourceName) AS Resource,
            clean(s.SessionId) AS Session, clean(s.CorrelationId) AS Correlation, token(s.UniqueTokenIdentifier) AS Token,
            word(s.IncomingTokenType) AS Incoming, word(s.AuthenticationProtocol) AS Protocol,
            word(s.OriginalTransferMethod) AS Transfer, address(s.IPAddress) AS Address, ifNull(trimBoth(s.UserAgent), '') AS Agent,
            multiIf(toUInt64OrZero(toString(ifNull(s.AutonomousSystemNumber, ''))) > 0, concat('AS', toString(s.AutonomousSystemNumber)),
                position(Address, ':') > 0, concat(arrayStringConcat(arraySlice(splitByChar(':', Address), 1, 3), ':'), '::/48'),
                Address != '', concat(arrayStringConcat(arraySlice(splitByChar('.', Address), 1, 3), '.'), '.0/24'), '') AS Net,
            ifNull(s.DeviceDetail, '') AS DeviceDetail, clean(JSONExtractString(DeviceDetail, 'deviceId')) AS Device,
            clean(s.HomeTenantId) AS HomeTenant, clean(s.ResourceTenantId) AS ResourceTenant,
            ifNull(s.AuthenticationProcessingDetails, '') AS Details, ifNull(s.TokenProtectionStatusDetails, '') AS Protection,
            if(clean(s.ResultType) = '', isZero(JSONExtractString(ifNull(s.Status, ''), 'errorCode'))
                OR isZero(JSONExtractRaw(ifNull(s.Status, ''), 'errorCode')), isZero(s.ResultType)) AS Succeeded
        FROM single AS s
    ),
    -- A row without a user id takes the one that its name has elsewhere, if that is one.
    named AS (
        SELECT clean(UserPrincipalName) AS Name, max(clean(UserId)) AS KnownId FROM signIns
        WHERE (SELECT count() FROM chosen WHERE clean(UserId) = '') > 0
            AND clean(UserPrincipalName) IN (SELECT clean(UserPrincipalName) FROM chosen WHERE clean(UserId) = '')
            AND ticks(ifNull(CreatedDateTime, TimeGenerated)) >= ticks(Earliest) AND ticks(ifNull(CreatedDateTime, TimeGenerated)) < ticks(Until)
        GROUP BY Name HAVING Name != '' AND uniqExactIf(clean(UserId), clean(UserId) != '') = 1
    ),
    rows AS (
        SELECT c.*, multiIf(c.UserId != '', c.UserId, ifNull(n.KnownId, '') != '', n.KnownId, c.Upn) AS User
        FROM compared AS c LEFT JOIN named AS n ON c.Upn = n.Name
        WHERE c.T >= ticks(Earliest) AND c.T < ticks(Until)
    ),
