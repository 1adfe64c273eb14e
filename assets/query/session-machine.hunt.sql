-- Candidates: sessions whose sign-ins show two systems, devices or states of token binding, a tool or a library beside other
-- software, or a browser and other software in two networks; and those that begin with a token in a network from which the user
-- did not sign in on two days before, where seven days show it. Which is another machine is left to scan.
WITH
--: Since Until Lag History BaselineUntil MicrosoftNetworks ServiceClients ToolPattern
    Since - toIntervalSecond(intDiv(History, 10000000)) AS Earliest,
--+ values
--+ sign-ins
    chosen AS (SELECT * FROM signIns),
--+ rows
--+ days
    firsts AS (
        SELECT User, Session, min(T) AS First, argMin((Net, Incoming), (T, Arrived, Id)) AS Row
        FROM rows WHERE Succeeded AND User != '' AND Session != '' GROUP BY User, Session
        HAVING First >= ticks(Since) AND Row.1 != '' AND Row.2 NOT IN ('', 'none')
    ),
    begun AS (
        SELECT firsts.User AS User, Session FROM firsts INNER JOIN own ON firsts.User = own.User
        WHERE Day < intDiv(First, 864000000000)
        GROUP BY firsts.User, Session, Row HAVING uniqExact(Day) >= 7 AND uniqExactIf(Day, DayNet = Row.1 AND Firm) < 2
    ),
    machines AS (
        SELECT *, multiIf(positionCaseInsensitive(Agent, 'Windows NT') > 0, 'windows', match(Agent, '(?i)iPhone|iPad'), 'ios', match(Agent, '(?i)Android'), 'android',
                match(Agent, '(?i)Macintosh'), 'macos', match(Agent, '(?i)X11|Linux'), 'linux', extract(lower(JSONExtractString(DeviceDetail, 'operatingSystem')), '^([a-z]*)')) AS Os,
            lower(JSONExtractString(Protection, 'signInSessionStatus')) AS Binding
        FROM rows WHERE Succeeded AND User != '' AND Session != '' AND T >= ticks(Since)
    )
SELECT moment(min(T)) AS FirstSeen, moment(max(T)) AS LastSeen, count() AS SignInCount, groupUniqArrayIf(Os, Os != '') AS Systems, groupUniqArray(Device) AS Devices,
    groupUniqArrayIf(Binding, Binding IN ('bound', 'unbound')) AS Bindings, groupUniqArrayIf(Agent, Agent != '') AS UserAgents, groupUniqArrayIf(Address, Address != '') AS IPs, max(UserId) AS UserId, max(Upn) AS UserPrincipalName, User, Session AS SessionId
FROM machines GROUP BY User, Session
HAVING length(Systems) > 1 OR length(Devices) > 1 OR length(Bindings) > 1 OR (countIf(match(lower(Agent), ToolPattern)) > 0 AND uniqExact(Agent) > 1)
    OR (countIf(match(Agent, '(?i)(edg|edga|edgios|opr|firefox|fxios|chrome|crios|trident|safari)/')) > 0 AND uniqExact(Agent) > 1 AND uniqExactIf(Net, Net != '') > 1) OR (User, Session) IN (SELECT User, Session FROM begun)
ORDER BY FirstSeen
