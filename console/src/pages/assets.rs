//! The style sheet, the script and the icon, out of the binary. Their address changes with their content.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("../../assets/console.css");
const SCRIPT: &str = include_str!("../../assets/console.js");
const ICON: &str = include_str!("../../assets/icon.svg");

/// Changes when anything of the assets does.
pub(in crate::pages) static VERSION: LazyLock<String> = LazyLock::new(|| {
    let digest = Sha256::new().chain_update(STYLE).chain_update(SCRIPT).chain_update(ICON).finalize();
    hex::encode(&digest[..6])
});

async fn serve(name: web::Path<(String, String)>) -> HttpResponse {
    let (body, kind) = match name.1.as_str() {
        "console.css" => (STYLE, "text/css; charset=utf-8"),
        "console.js" => (SCRIPT, "text/javascript; charset=utf-8"),
        "icon.svg" => (ICON, "image/svg+xml"),
        _ => return HttpResponse::NotFound().finish(),
    };
    let keep = (header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    HttpResponse::Ok().insert_header(keep).insert_header((header::CONTENT_TYPE, kind)).body(body)
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/assets/{version}/{name}", web::get().to(serve));
}
