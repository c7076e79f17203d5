namespace Distribution.Contracts.Requests;

/// <param name="Answer">As it was given to be kept; null: none is.</param>
[GenerateSerializer, Immutable]
public sealed record KeptRequest(KeptStanding Standing, byte[]? Answer);
