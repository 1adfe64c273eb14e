-- hunt-2025-045 in SQL. SignInCount counts sign-ins, where the published query counts them once for each Graph call that
-- it joins; ASNs are left out, as they come from a list that the published query fetches.
WITH
--: Since Until MinResources Window DeviceCodeWindow Watched
    (x -> intDiv(toUnixTimestamp64Nano(toDateTime64(x, 9, 'UTC')), 100)) AS ticks,
--+ published-bursts
    codes AS (
        SELECT ifNull(UserPrincipalName, '') AS Upn, TimeGenerated AS DeviceCodeTime, ifNull(IPAddress, '') AS DeviceCodeIP,
            AuthenticationProtocol AS DeviceCodeAuthProtocol
        FROM SigninLogs
        WHERE TimeGenerated >= Since AND TimeGenerated < Until AND AuthenticationProtocol = 'deviceCode' AND toString(ResultType) = '0'
    )
SELECT DeviceCodeTime, DeviceCodeIP, DeviceCodeAuthProtocol, FirstSeen, LastSeen, SpanMinutes, UserPrincipalName,
    AppDisplayName, AppId, AppIdCount, ResourceCount, Resources, IPs, UserAgents, RequestUris, SignInCount
FROM bursts INNER JOIN codes ON UserPrincipalName = Upn
WHERE ticks(FirstSeen) - ticks(DeviceCodeTime) BETWEEN 0 AND DeviceCodeWindow
ORDER BY FirstSeen DESC
