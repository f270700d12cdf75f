import { HttpContextToken } from '@angular/common/http';

/** Set on the calls that make a session: they carry the cookie and no bearer token. */
export const IS_SESSION_CALL = new HttpContextToken(() => false);
