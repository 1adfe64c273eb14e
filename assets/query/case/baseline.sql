-- The usual days of the case's users before it began: which clients they used, from where, with what, on how many days.
WITH
--: From To Users
--+ case-sign-ins
    )
SELECT lower(UserPrincipalName) AS UserPrincipalName, AppDisplayName, AppId, IPAddress, AutonomousSystemNumber, UserAgent,
    JSONExtractString(DeviceDetail, 'deviceId') AS DeviceId, JSONExtractString(DeviceDetail, 'operatingSystem') AS OperatingSystem,
    uniqExact(toDate(TimeGenerated)) AS Days, count() AS SignInCount, min(TimeGenerated) AS FirstSeen, max(TimeGenerated) AS LastSeen,
    arraySort(groupUniqArray(toHour(TimeGenerated))) AS Hours, groupUniqArray(20)(ResourceDisplayName) AS Resources
FROM signIns
WHERE ResultType = '0' AND (has(Users, lower(UserId)) OR has(Users, lower(signIns.UserPrincipalName)))
GROUP BY UserPrincipalName, AppDisplayName, AppId, IPAddress, AutonomousSystemNumber, UserAgent, DeviceId, OperatingSystem
ORDER BY Days DESC, SignInCount DESC
