namespace Distribution.Dashboard.Api;

/// <param name="File">An id, or any link that has it.</param>
/// <param name="Reason">Its publisher reads it.</param>
internal sealed record TakedownWish(string? File, string? Reason);
