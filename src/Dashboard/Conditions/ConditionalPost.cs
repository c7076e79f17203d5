namespace Distribution.Dashboard.Conditions;

/// <summary>Metadata of POSTs that change what a client has read, and hold <c>If-Match</c> against it.</summary>
internal sealed class ConditionalPost;
