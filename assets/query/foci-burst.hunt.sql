-- Windows slide: one runs from any event to the last at most Window later. Those that hold enough resources and share
-- an instant are one hit. Texts are compared without case and padding, rows that came twice count once, and the time is
-- that of the sign-in, not of its arrival.
WITH
--: Since Until Lag MinResources Window Watched
    Since AS Earliest,
    toUInt32(intDiv(Window, 10000000) + 1) AS WindowSeconds,
--+ values
--+ sign-ins
    chosen AS (SELECT * FROM exchanges WHERE has(Watched, lowered(AppId))),
--+ rows
--+ bursts
    hits AS (
        SELECT User, AppId, Start,
            moment(min(T)) AS FirstSeen, moment(max(T)) AS LastSeen,
            if(countIf(UserId != '') = 0 AND User = argMaxIf(Upn, (T, Arrived, Id), Upn != ''), '', User) AS UserId,
            argMaxIf(Upn, (T, Arrived, Id), Upn != '') AS UserPrincipalName,
            argMaxIf(AppName, (T, Arrived, Id), clean(AppName) != '') AS AppDisplayName,
            uniqExactIf(Resource, Resource != '') AS ResourceCount,
            arraySort(groupUniqArrayIf(Resource, Resource != '')) AS ResourceIds,
            arraySort(groupUniqArrayIf(Address, Address != '')) AS IPs,
            arraySort(groupUniqArrayIf(Agent, clean(Agent) != '')) AS UserAgents,
            count() AS SignInCount
        FROM burstRows
        GROUP BY User, AppId, Start
    )
SELECT FirstSeen, LastSeen, UserId, UserPrincipalName, AppId, AppDisplayName, ResourceCount, ResourceIds, IPs, UserAgents, SignInCount
FROM hits
ORDER BY FirstSeen, UserId, AppId
