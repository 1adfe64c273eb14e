-- Candidates: sessions whose sign-ins show two systems, devices or states of token binding. Which change is another machine is
-- left to scan.
WITH
--: Since Until Lag 
    Since AS Earliest,
--+ values
--+ sign-ins
    chosen AS (SELECT * FROM signIns),
--+ rows
    machines AS (
        SELECT *, multiIf(positionCaseInsensitive(Agent, 'Windows NT') > 0, 'windows', match(Agent, '(?i)iPhone|iPad'), 'ios', match(Agent, '(?i)Android'), 'android',
                match(Agent, '(?i)Macintosh'), 'macos', match(Agent, '(?i)X11|Linux'), 'linux', extract(lower(JSONExtractString(DeviceDetail, 'operatingSystem')), '^([a-z]*)')) AS Os,
            lower(JSONExtractString(Protection, 'signInSessionStatus')) AS Binding
        FROM rows WHERE Succeeded AND User != '' AND Session != ''
    )
SELECT moment(min(T)) AS FirstSeen, moment(max(T)) AS LastSeen, count() AS SignInCount, groupUniqArrayIf(Os, Os != '') AS Systems, groupUniqArray(Device) AS Devices,
    groupUniqArrayIf(Binding, Binding IN ('bound', 'unbound')) AS Bindings, groupUniqArrayIf(Agent, Agent != '') AS UserAgents, groupUniqArrayIf(Address, Address != '') AS IPs, max(UserId) AS UserId, max(Upn) AS UserPrincipalName, User, Session AS SessionId
FROM machines GROUP BY User, Session
HAVING length(Systems) > 1 OR length(Devices) > 1 OR length(Bindings) > 1
ORDER BY FirstSeen
