using System.Net;

namespace Distribution.Standalone.Client;

/// <summary>Why something could not be done, in one line for people.</summary>
/// <param name="IsTransient">The same call may succeed later: the connection broke, or the server is not itself.</param>
/// <param name="Status">The HTTP status, where a server answered.</param>
internal sealed record Failure(string Message, bool IsTransient = false, HttpStatusCode? Status = null);
