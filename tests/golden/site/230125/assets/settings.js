// A kiosk has another file in this place.
window.qingdan = window.qingdan || {};
