-- hunt-2025-044 in SQL. SignInCount counts sign-ins, where the published query counts them once for each Graph call that
-- it joins; ASNs are left out, as they come from a list that the published query fetches.
WITH
--: Since Until MinResources Window Watched
    (x -> intDiv(toUnixTimestamp64Nano(toDateTime64(x, 9, 'UTC')), 100)) AS ticks,
--+ published-bursts
    1 AS One
SELECT FirstSeen, LastSeen, SpanMinutes, UserPrincipalName, AppDisplayName, AppId, AppIdCount, ResourceCount, Resources,
    IPs, UserAgents, RequestUris, SignInCount
FROM bursts
ORDER BY FirstSeen DESC
