//! CSV: quotes, zones and dates in any form.
#![no_main]
mod shared;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let header: &[u8] = match bytes.first() {
        Some(0..=80) => b"Date (UTC),Request ID,User ID,Application ID ,Status,Location,Compliant\n",
        Some(81..=160) => b"TimeGenerated [Local Time],CreatedDateTime,Id,AppId,UserId,ResultType,Type\n",
        _ => b"",
    };
    shared::analyse(&shared::read(&[header, bytes].concat()));
});
