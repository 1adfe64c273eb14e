    -- Acts of the audit logs, once for each user they concern: who acted, and the users acted upon. An operation is compared
    -- without case, closing full stop and kinds of dashes.
    (x -> lowerUTF8(replaceRegexpAll(replaceRegexpOne(trimBoth(ifNull(x, '')), '\\s*\\.$', ''), '[\\x{2010}-\\x{2015}\\x{2212}]', '-'))) AS folded,
    directory AS (
        SELECT ifNull(ActivityDateTime, TimeGenerated) AS At, folded(if(ifNull(OperationName, '') = '', ActivityDisplayName, OperationName)) AS Operation,
            lower(ifNull(Result, '')) IN ('', 'success') AS Succeeded, JSONExtractRaw(ifNull(toString(InitiatedBy), ''), 'user') AS Actor,
            ifNull(toString(TargetResources), '') AS Whole, ifNull(toString(AdditionalDetails), '') AS Details
        FROM AuditLogs WHERE TimeGenerated >= Earliest - toIntervalSecond(intDiv(Lag, 10000000)) AND TimeGenerated < Until + toIntervalSecond(intDiv(Lag, 10000000))
    ),
    acted AS (
        SELECT At, Operation, Succeeded, clean(JSONExtractString(Actor, 'id')) AS UserId, clean(JSONExtractString(Actor, 'userPrincipalName')) AS Upn,
            address(JSONExtractString(Actor, 'ipAddress')) AS Address, '' AS Token, extract(Details, '"User-Agent" *, *"value" *: *"([^"]*)') AS Agent, Whole, false AS Upon
        FROM directory
        UNION ALL
        SELECT At, Operation, Succeeded, clean(JSONExtractString(Target, 'id')) AS UserId, clean(JSONExtractString(Target, 'userPrincipalName')) AS Upn,
            '' AS Address, '' AS Token, '' AS Agent, Whole, true AS Upon
        FROM (SELECT *, arrayJoin(JSONExtractArrayRaw(Whole)) AS Target FROM directory) WHERE lower(JSONExtractString(Target, 'type')) = 'user'
        UNION ALL
        SELECT TimeGenerated AS At, folded(o.Operation) AS Operation, lower(ifNull(ResultStatus, '')) NOT IN ('false', 'failed') AS Succeeded, '' AS UserId, clean(o.UserId) AS Upn,
            address(multiIf(ifNull(ClientIP, '') != '', ClientIP, ifNull(Client_IPAddress, '') != '', Client_IPAddress, ActorIpAddress)) AS Address,
            token(JSONExtractString(ifNull(toString(AppAccessContext), ''), 'UniqueTokenId')) AS Token, ifNull(UserAgent, '') AS Agent, ifNull(Parameters, '') AS Whole, false AS Upon
        FROM OfficeActivity AS o WHERE TimeGenerated >= Earliest - toIntervalSecond(intDiv(Lag, 10000000)) AND TimeGenerated < Until + toIntervalSecond(intDiv(Lag, 10000000))
        UNION ALL
        SELECT TimeGenerated AS At, folded(OperationNameValue) AS Operation, true AS Succeeded,
            clean(JSONExtractString(ifNull(toString(Claims_d), ''), 'http://schemas.microsoft.com/identity/claims/objectidentifier')) AS UserId, clean(Caller) AS Upn,
            address(CallerIpAddress) AS Address, token(JSONExtractString(ifNull(toString(Claims_d), ''), 'uti')) AS Token, '' AS Agent, '' AS Whole, false AS Upon
        FROM AzureActivity WHERE TimeGenerated >= Earliest - toIntervalSecond(intDiv(Lag, 10000000)) AND TimeGenerated < Until + toIntervalSecond(intDiv(Lag, 10000000))
    ),
    acts AS (
        SELECT *, ticks(At) AS T, if(UserId != '', UserId, Upn) AS User FROM acted
        WHERE User != '' AND T >= ticks(Earliest) AND T < ticks(Until)
    ),
