// Where this telephone is, in degrees of WGS84; nothing when it does not know or may not tell.

const WAIT = 5_000;

export const position = () => new Promise((resolve) => {
  if (!navigator.geolocation) { resolve({}); return; }
  navigator.geolocation.getCurrentPosition(({ coords }) => resolve({ latitude: coords.latitude, longitude: coords.longitude }), () => resolve({}), { timeout: WAIT, enableHighAccuracy: true });
});
