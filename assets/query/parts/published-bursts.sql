    calls AS (
        SELECT ifNull(SignInActivityId, '') AS Activity, groupUniqArray(ifNull(RequestUri, '')) AS Uris
        FROM MicrosoftGraphActivityLogs WHERE TimeGenerated >= Since AND TimeGenerated < Until GROUP BY Activity
    ),
    exchanges AS (
        SELECT ifNull(UserPrincipalName, '') AS Upn, ifNull(AppId, '') AS App, ifNull(AppDisplayName, '') AS AppName,
            ifNull(ResourceDisplayName, '') AS Resource, ifNull(IPAddress, '') AS IP, ifNull(UserAgent, '') AS Agent,
            ifNull(CorrelationId, '') AS Correlation, TimeGenerated
        FROM AADNonInteractiveUserSignInLogs
        WHERE TimeGenerated >= Since AND TimeGenerated < Until AND toString(ResultType) = '0' AND has(Watched, AppId)
    ),
    bursts AS (
        SELECT Upn AS UserPrincipalName, App AS AppId, AppName AS AppDisplayName,
            min(TimeGenerated) AS FirstSeen, max(TimeGenerated) AS LastSeen,
            dateDiff('minute', FirstSeen, LastSeen) AS SpanMinutes, 1 AS AppIdCount,
            uniqExact(Resource) AS ResourceCount, arraySort(groupUniqArray(Resource)) AS Resources,
            arraySort(groupUniqArray(IP)) AS IPs, arraySort(groupUniqArray(Agent)) AS UserAgents,
            arraySort(groupUniqArrayArray(if(empty(Uris), [''], Uris))) AS RequestUris, count() AS SignInCount
        FROM exchanges LEFT JOIN calls ON Correlation = Activity
        -- Bins as Kusto counts them, from the year 1.
        GROUP BY Upn, App, AppName, intDiv(ticks(TimeGenerated) + 621355968000000000, Window)
        HAVING ResourceCount >= MinResources
    ),
