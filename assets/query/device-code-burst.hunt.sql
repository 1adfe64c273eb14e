-- A burst as in foci-burst that follows a device-code sign-in. A flow is what one code gave: the row where it was typed
-- and the row that redeemed it, joined by session, correlation id, or user and fifteen minutes, as this program joins them.
-- Only the burst's events from five seconds before the flow on count. DeviceCodeTie says what ties the two.
WITH
--: Since Until Lag MinResources Window DeviceCodeWindow Watched
    Since AS Earliest,
    toUInt32(intDiv(Window, 10000000) + 1) AS WindowSeconds,
    toInt64(9000000000) AS CodeLife, -- the fifteen minutes a code lives
    toInt64(50000000) AS Skew, -- the five seconds two clocks may differ
--+ values
--+ sign-ins
    chosen AS (
        SELECT * FROM signIns
        WHERE (Source = 'AADNonInteractiveUserSignInLogs' AND has(Watched, lowered(AppId)))
            OR match(lower(ifNull(AuthenticationProtocol, '')), 'device\\s*code') OR match(lower(ifNull(OriginalTransferMethod, '')), 'device\\s*code')
    ),
--+ rows
--+ bursts
--+ codes
    legsOfUser AS (
        SELECT User, arraySort(groupArray((T, ticks(Arrived), Id, Session, Correlation, Protocol = 'devicecode', Address))) AS Legs
        FROM legs
        GROUP BY User
    ),
    -- A flow: time of its first leg, sessions, correlation ids, address of the first leg. A leg joins the latest flow it shares an
    -- id with (where the code was typed only within the code's life), else the latest begun within that life that has no
    -- id to compare; else it begins one.
    flows AS (
        SELECT User, arrayJoin(arrayZip(arrayEnumerate(Flows), Flows)) AS Numbered, Numbered.1 AS Number,
            Numbered.2.1 AS CodeT, Numbered.2.2 AS Sessions, Numbered.2.3 AS Correlations, Numbered.2.4 AS CodeAddress
        FROM (
            SELECT User, arrayFold(
                (flows, leg) -> arrayMap(homes -> if(homes > 0,
                    arrayMap((flow, place) -> if(place = homes,
                        (flow.1, if(leg.4 = '', flow.2, arrayPushBack(flow.2, leg.4)), if(leg.5 = '', flow.3, arrayPushBack(flow.3, leg.5)), flow.4),
                        flow), flows, arrayEnumerate(flows)),
                    arrayPushBack(flows, (leg.1, arrayFilter(id -> id != '', [leg.4]), arrayFilter(id -> id != '', [leg.5]), leg.7))),
                    [multiIf(
                        arrayLastIndex(flow -> (leg.4 != '' AND has(flow.2, leg.4)) OR (leg.5 != '' AND has(flow.3, leg.5)), flows) > 0
                            AND (NOT leg.6 OR leg.1 - flows[arrayLastIndex(flow -> (leg.4 != '' AND has(flow.2, leg.4)) OR (leg.5 != '' AND has(flow.3, leg.5)), flows)].1 <= CodeLife),
                        arrayLastIndex(flow -> (leg.4 != '' AND has(flow.2, leg.4)) OR (leg.5 != '' AND has(flow.3, leg.5)), flows),
                        arrayLastIndex(flow -> (leg.4 = '' OR empty(flow.2)) AND (leg.5 = '' OR empty(flow.3)), flows) > 0
                            AND leg.1 - flows[arrayLastIndex(flow -> (leg.4 = '' OR empty(flow.2)) AND (leg.5 = '' OR empty(flow.3)), flows)].1 <= CodeLife,
                        arrayLastIndex(flow -> (leg.4 = '' OR empty(flow.2)) AND (leg.5 = '' OR empty(flow.3)), flows),
                        0)])[1],
                Legs, CAST([] AS Array(Tuple(Int64, Array(String), Array(String), String)))) AS Flows
            FROM legsOfUser
        )
    ),
    hits AS (
        SELECT b.User AS User, b.AppId AS AppId, b.Start AS Start, f.Number AS Number, any(f.CodeT) AS CodeT, any(f.CodeAddress) AS DeviceCodeIP,
            multiIf(countIf(b.Session != '' AND has(f.Sessions, b.Session)) > 0, 2, countIf(b.Correlation != '' AND has(f.Correlations, b.Correlation)) > 0, 1, 0) AS Tie,
            min(b.T) AS First, max(b.T) AS Last,
            if(countIf(b.UserId != '') = 0 AND User = argMaxIf(b.Upn, (b.T, b.Arrived, b.Id), b.Upn != ''), '', User) AS UserId,
            argMaxIf(b.Upn, (b.T, b.Arrived, b.Id), b.Upn != '') AS UserPrincipalName,
            argMaxIf(b.AppName, (b.T, b.Arrived, b.Id), clean(b.AppName) != '') AS AppDisplayName,
            uniqExactIf(b.Resource, b.Resource != '') AS ResourceCount,
            arraySort(groupUniqArrayIf(b.Resource, b.Resource != '')) AS ResourceIds,
            arraySort(groupUniqArrayIf(b.Address, b.Address != '')) AS IPs,
            arraySort(groupUniqArrayIf(b.Agent, clean(b.Agent) != '')) AS UserAgents,
            count() AS SignInCount
        FROM burstRows AS b INNER JOIN flows AS f ON b.User = f.User
        WHERE b.T >= f.CodeT - Skew
        GROUP BY b.User, b.AppId, b.Start, f.Number
        HAVING ResourceCount >= MinResources AND First <= CodeT + DeviceCodeWindow
        ORDER BY Tie DESC, Number DESC
        LIMIT 1 BY User, AppId, Start
    )
SELECT moment(CodeT) AS DeviceCodeTime, DeviceCodeIP, ['user', 'correlation', 'session'][Tie + 1] AS DeviceCodeTie,
    moment(First) AS FirstSeen, moment(Last) AS LastSeen, UserId, UserPrincipalName, AppId, AppDisplayName, ResourceCount,
    ResourceIds, IPs, UserAgents, SignInCount
FROM hits
ORDER BY FirstSeen, UserId, AppId
