using System.Net;

namespace Distribution.Dashboard.Tests.Webhooks;

internal sealed record HookAnswer(
    HttpStatusCode Status,
    string Body = "",
    string? Location = null,
    bool IsHung = false
);
